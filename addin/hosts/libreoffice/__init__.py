"""LibreOffice as a host: an xlwings engine, so that what is written for Excel runs there unchanged."""
