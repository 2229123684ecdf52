"""The console: a page that shows and steers a running mock by the control API."""

from mock_server.console.files import CONSOLE, console_files

__all__ = ["CONSOLE", "console_files"]
