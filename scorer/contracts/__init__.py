"""What each table promises: grain, columns, types, units and ranges."""
