"""The model card can be drawn of any history that can be learnt from."""

import numpy as np
import pytest

from scorer.card import _lift_by_discount as picture
from scorer.columns import fetch, length
from scorer.lake.engines.duckdb import connect
from scorer.training import Fitted


@pytest.fixture(scope="module")
def rows(original_home):
    con = connect(original_home.lake, read_only=True)
    return fetch(con, "SELECT * FROM training_rows WHERE cohort = 'real' ORDER BY start_date, promotion_id, plan_row")


def test_a_client_with_one_depth_off_the_grid_gets_its_picture(original_home, rows):
    model = original_home.model
    one_depth = {**rows, "discount_percentage": np.full(length(rows), 0.22)}
    drawn = picture(Fitted(model.lift, model.success, None), one_depth)
    assert drawn.startswith(b"\x89PNG")
