-- One row per exported sales row, with the reason why it cannot be used (NULL: it can).
SELECT r.*, COALESCE(r.fault, a.reason) AS reason
FROM sales_read AS r
LEFT JOIN sales_again AS a ON r.file = a.file AND r.line = a.line
