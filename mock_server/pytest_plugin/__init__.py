"""The pytest plugin: the fixture `mock_api`, a session of an app for each test.

pytest loads `plugin` in every run, so nothing else is imported before the fixture is used.
"""
