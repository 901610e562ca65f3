"""The spreadsheet add-in: it will translate cells into calls of ``scorer`` and back. Nothing is built yet."""
