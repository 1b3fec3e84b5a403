"""Who finds which note."""

from tests import factories as make
from tests.visits.conftest import AT
from visits import actions
from visits.models import Note, NoteVersion


def test_a_draft_is_found_by_its_author_and_by_who_may_write_for_the_school(
    note, adviser, colleague, manager, director, head, other_head, stranger
):
    for user in (adviser, colleague, manager):
        assert list(Note.objects.visible_to(user)) == [note]
    for user in (director, head, other_head, stranger):
        assert not Note.objects.visible_to(user).exists()


def test_a_final_version_is_found_by_the_authoritys_readers_and_never_by_the_school(
    final, adviser, director, head, other_head, policy_admin
):
    for user in (adviser, director):
        assert NoteVersion.objects.visible_to(user).count() == 1
    for user in (head, other_head, policy_admin):
        assert not NoteVersion.objects.visible_to(user).exists()


def test_another_authoritys_manager_finds_nothing(final, far_authority):
    far = make.UserFactory(grants=[("area_manager", far_authority)])
    assert not NoteVersion.objects.visible_to(far).exists()
    assert not Note.objects.visible_to(far).exists()


def test_the_author_finds_their_own_after_a_hand_over(final, adviser):
    actions.reopen_note(note=final, reason="A wrong date", by=adviser, at=AT)
    adviser.assignments.all().delete()
    assert Note.objects.visible_to(adviser).exists()
    assert NoteVersion.objects.visible_to(adviser).exists()
