"""Putting the add-in where a spreadsheet program finds it, and taking it away again, for one user and without admin rights."""
