"""Years as nature gave them: factors on availability and inflow, by hand on toys."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from toy import plant, scenario, solve, system, technology

from simulator.case.time.frame import aggregate, typical_days
from simulator.errors import InputError
from simulator.inputs.schema.time import Horizon

GAS = technology("gas", variable_om_usd_per_mwh=50)
WIND = {"id": "wind", "name": "wind", "kind": "variable", "group": "wind"}
HYDRO = {"id": "hydro", "name": "hydro", "kind": "reservoir", "group": "hydro"}
YEARS = (2021, 2022)


def rows(name: str, *factors: float) -> list[dict[str, object]]:
    years = zip(YEARS, factors, strict=False)
    return [{"country": "C", "technology": name, "year": y, "factor_percent": f} for y, f in years]


def horizon(*years: int) -> dict[str, object]:
    time = {"method": "slices", "slices": [{"name": "s", "hours_per_year": 10}]}
    return {"model_years": list(years), "part_year": False, "realised": True, "time": time}


def wind_and_water(**tables: object):
    """100 MW of load for 10 h; wind of 100 MW at 40 %; a river of 0.2 hm3 a year, 1 GWh each; gas for the rest."""
    wind = [{"zone": "A", "name": "wind", "year": y, "slice": "s", "value": 0.4} for y in YEARS]
    months = [{"reservoir": "lake", "month": m, "inflow_hm3": 0.2 / 12} for m in range(1, 13)]
    lake = {"id": "lake", "name": "lake", "zone": "A", "active_hm3": 1, "energy_mwh_per_hm3": 1000}
    return system(
        {"s": 100}, years=YEARS, profiles=wind, technologies=[GAS, WIND, HYDRO], reservoirs=[lake], inflows=months,
        plants=[plant("gas", 100), plant("wind", 100), plant("hydro", 100, reservoir="lake")], **tables,
    )  # fmt: skip


def test_a_year_takes_the_wind_and_water_it_had():
    """Normal: 400 MWh of wind, 200 of water, 400 of gas.

    2021 had 75 % of the wind and half of the water: 300 + 100, gas 600. 2022 had 110 % and 150 %: 440 + 300, gas 260.
    """
    realised = rows("wind", 75, 110) + rows("hydro", 50, 150)
    results = solve(wind_and_water(realised=realised), scenario({"s": 10}, years=YEARS, horizon=horizon(*YEARS)))
    for group, energy in {"wind": (300, 440), "hydro": (100, 300), "gas": (600, 260)}.items():
        found = 1e3 * results["generation_gwh"].sel(asset=f"{group}_A").values
        assert found == pytest.approx(energy), group


def test_a_year_without_rows_is_refused():
    """Every technology that follows nature and has capacity needs a row for every model year; each gap is named."""
    realised = rows("wind", 75, 110) + rows("hydro", 50)
    with pytest.raises(InputError) as caught:
        solve(wind_and_water(realised=realised), scenario({"s": 10}, years=YEARS, horizon=horizon(*YEARS)))
    assert "what hydro of C gave in 2022" in str(caught.value)
    assert "2021" not in str(caught.value)


@pytest.mark.parametrize(("factor", "mwh"), [(50, 360), (200, 800)])
def test_a_year_takes_what_plants_could_run(factor, mwh):
    """Gas is dear and load 100; coal of 80 MW that runs at 90 % gives 720 MWh, in 2021 half of it or all of 80 MW."""
    coal = technology("coal", group="coal", available_percent=90, variable_om_usd_per_mwh=10)
    tables = {"technologies": [GAS, coal], "plants": [plant("gas", 100), plant("coal", 80)]}
    results = solve(
        system({"s": 100}, years=YEARS, realised=rows("coal", factor, 100), **tables),
        scenario({"s": 10}, years=YEARS, horizon=horizon(*YEARS)),
    )
    assert 1e3 * results["generation_gwh"].sel(asset="coal_A").values == pytest.approx((mwh, 720))


def test_a_row_for_one_year_alone_is_refused_for_plants_too():
    realised = rows("wind", 75, 110) + rows("hydro", 50, 150) + rows("gas", 90)
    with pytest.raises(InputError, match="what gas of C gave in 2022"):
        solve(wind_and_water(realised=realised), scenario({"s": 10}, years=YEARS, horizon=horizon(*YEARS)))


def test_a_row_for_a_plant_that_serves_a_host_is_refused():
    hosted = technology("hosted", host_load_percent=50)
    tables = {"technologies": [GAS, hosted], "plants": [plant("gas", 100), plant("hosted", 10)]}
    with pytest.raises(InputError, match="follows heat or a host"):
        solve(
            system({"s": 100}, years=YEARS, realised=rows("hosted", 90, 90), **tables),
            scenario({"s": 10}, years=YEARS, horizon=horizon(*YEARS)),
        )


def test_two_kinds_of_water_at_once_are_refused():
    with pytest.raises(ValidationError, match="water: dry has no effect"):
        Horizon.model_validate(horizon(2021) | {"water": "dry"})


@pytest.mark.parametrize("factor", [0.5, 0.9, 1.0, 1.3])
def test_a_scaled_profile_meets_its_mean_and_stays_within_capacity(factor):
    """Windy hours stop at full output, and the others make up for it."""
    rng = np.random.default_rng(1)
    hourly = np.clip(rng.beta(1, 2, 8760), 0, 1)
    frame = typical_days(12, 2, hourly, hourly, 0)
    values = aggregate(hourly, frame, factor=factor)
    weight = frame.weight_h / frame.weight_h.sum()
    assert values @ weight == pytest.approx(factor * hourly.mean())
    assert values.min() >= 0 and values.max() <= 1
