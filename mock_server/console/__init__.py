"""The console: a page that shows and steers a running mock by the control API."""

from mock_server.console.files import CONSOLE, ConsoleFile, console_files

__all__ = ["CONSOLE", "ConsoleFile", "console_files"]
