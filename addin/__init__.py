"""The spreadsheet add-in: it translates cells and buttons into calls of ``scorer``, and the answers back. It computes nothing."""
