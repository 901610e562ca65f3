"""Money: pure functions on numbers or arrays. Knows no table, file, workbook or model."""
