"""Electric vehicles: stock, sales, energy and charging."""
