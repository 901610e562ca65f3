"""The spreadsheet programs that the add-in lives in, each behind xlwings' own interface."""
