"""The control API under `/_mock`, WireMock's paths for the journal, and the pages beside them."""
