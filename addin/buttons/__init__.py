"""The work behind the buttons of the ribbon: each asks one public verb of the scorer and puts its answer into the workbook."""
