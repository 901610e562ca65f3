-- One row per clean period of an item, beside the level of its clean observations up to then.
SELECT p.category_key, p.week_index, p.quantity, m.usual
FROM clean_periods AS p
JOIN item_levels AS m ON p.item_key = m.item_key AND p.slot = m.slot AND p.week_index = m.week_index
