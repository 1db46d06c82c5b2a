"""The calendar of every year of the plan: 365 days from 1 January, a Monday, UTC+5; 29 February is left out."""

from __future__ import annotations

import numpy as np

DAYS, HOURS = 365, 8760
FIRST_WEEKDAY = 0
"""1 January is a Monday (0), so that the calendar does not depend on the model year."""
DAYS_OF_MONTH = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
FIRST_DAY_OF_MONTH = np.cumsum(DAYS_OF_MONTH) - DAYS_OF_MONTH
"""(12) day of the year, from 0."""
MONTH_OF_DAY = np.repeat(np.arange(1, 13), DAYS_OF_MONTH)
"""(365) month, 1 to 12."""
MONTH_OF_HOUR = np.repeat(MONTH_OF_DAY, 24)
"""(8760)"""
