"""保存した表示: each officer's own, one of a name."""

from uuid import uuid4

from store import saved_views
from store.database import Database
from tests.store.conftest import HIMEJI
from tests.store.test_tasks import an_officer


def test_a_view_is_kept_under_its_name_for_its_officer_only(database: Database) -> None:
    with database.transaction(HIMEJI) as connection:
        one, other = an_officer(connection), an_officer(connection)
        assert saved_views.save(connection, one, "急ぎ", {"flag": "soon"})
        assert not saved_views.save(connection, one, "急ぎ", {"flag": "overdue"}), "a name is taken"
        assert saved_views.save(connection, other, "急ぎ", {})
        (kept,) = saved_views.of_officer(connection, one)
        assert (kept.name, kept.filters) == ("急ぎ", {"flag": "soon"})
        assert saved_views.count(connection, one) == 1

        assert not saved_views.remove(connection, other, kept.id), "another officer's"
        assert not saved_views.remove(connection, one, uuid4())
        assert saved_views.remove(connection, one, kept.id)
        assert saved_views.of_officer(connection, one) == ()
