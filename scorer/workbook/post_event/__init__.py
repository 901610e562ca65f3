"""The post-event workbook: plan against actual, with every amount in native formulas."""
