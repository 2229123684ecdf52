"""Write the sample files anew: python -m tools.sample_files."""

from pathlib import Path

from tools.sample_files import files

DATA = Path(__file__).parents[2] / "mock_server/generation/files/data"

if __name__ == "__main__":
    for name, content in files().items():
        (DATA / name).write_bytes(content)
