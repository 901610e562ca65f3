-- One row per clean observation: the mean of all clean observations of the item and slot up to and including it.
SELECT c.item_key, c.slot, c.week_index, c.quantity / c.position AS usual
FROM clean_observations AS c
