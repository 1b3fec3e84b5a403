"""Powers of a person, and who may manage whom."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts import permissions
from accounts.choices import Permission as P
from accounts.choices import Phase, Reach, Role
from accounts.models import RoleGrant, User
from accounts.permissions import Refused
from accounts.roles import POWERS, ROLES_WITHOUT_REMIT, SCHOOL_ROLES
from tests import factories as make

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 21)
DAY = dt.timedelta(days=1)


class TestPowers:
    def test_hold_from_the_first_day_to_the_last(self, authority):
        user = make.UserFactory()
        make.RoleGrantFactory(user=user, authority=authority, start_on=TODAY, end_on=TODAY + DAY)
        held = [permissions.holds(user, P.WRITE_VISIT, TODAY + DAY * n) for n in (-1, 0, 1, 2)]
        assert held == [False, True, True, False]

    def test_are_read_once_a_day_asked_about(self, adviser, django_assert_num_queries):
        user = User.objects.get(pk=adviser.pk)
        with django_assert_num_queries(1):
            permissions.powers_of(user)
            permissions.holds(user, P.WRITE_VISIT)
            permissions.authority_ids(user, P.WRITE_VISIT)

    def test_of_somebody_deactivated_or_not_signed_in_are_none(self, adviser):
        from django.contrib.auth.models import AnonymousUser

        adviser.is_active = False
        assert permissions.powers_of(adviser) == permissions.powers_of(AnonymousUser()) == ()

    def test_carry_area_and_phase(self, authority):
        area = make.AreaFactory(authority=authority)
        user = make.UserFactory()
        make.RoleGrantFactory(
            user=user, role=Role.HEAD_OF_SERVICE, authority=authority, area=area, phase=Phase.EARLY
        )
        power = permissions.powers_of(user)[0]
        assert (power.area_id, power.phase, power.reach) == (area.pk, Phase.EARLY, Reach.SCOPE)
        assert permissions.authority_ids(user, P.EDIT_SCHOOL) == frozenset()

    def test_missing_is_said_in_words(self, adviser):
        with pytest.raises(PermissionDenied, match="Your roles do not let you: import data files"):
            permissions.check_holds(adviser, P.IMPORT_DATA)
        permissions.check_holds(adviser, P.WRITE_VISIT)

    def test_roles_without_any_permission_are_roles_all_the_same(self, authority):
        user = make.UserFactory(grants=[(Role.LEAD_MEMBER, authority)])
        assert permissions.roles_of(user) == {Role.LEAD_MEMBER}
        assert permissions.powers_of(user) == ()


@pytest.mark.requirement("L-248", "L-249", "L-250", "L-251", "L-252", "L-253", "L-255", "K-239", "K-243")
class TestRoles:
    def test_every_role_says_what_it_may_do(self):
        assert set(POWERS) == set(Role)

    def test_people_of_schools_reach_their_own_schools_only(self):
        assert {reach for role in SCHOOL_ROLES for reach in POWERS[role].values()} <= {Reach.OWN}

    def test_members_see_no_schools_record(self):
        assert POWERS[Role.LEAD_MEMBER] == POWERS[Role.SCRUTINY_MEMBER] == {}

    def test_supporters_and_seconded_heads_have_nothing_but_what_a_group_or_deployment_shows(self):
        assert POWERS[Role.SECONDED_HEAD] == POWERS[Role.SUPPORTER] == {}

    def test_who_manages_people_does_not_read_the_logs_of_it(self):
        assert P.VIEW_LOGS not in POWERS[Role.POLICY_ADMIN]
        assert P.MANAGE_PEOPLE not in POWERS[Role.AUDITOR]
        assert SCHOOL_ROLES < ROLES_WITHOUT_REMIT


def new_grant(**values):
    values = {"role": Role.ADVISER, "start_on": TODAY, "area": None, "phase": "", **values}
    return RoleGrant(**values)


class TestGranting:
    def test_within_ones_authority(self, policy_admin, stranger, authority):
        permissions.check_can_grant(policy_admin, new_grant(user=stranger, authority=authority), TODAY)
        assert permissions.can_administer(policy_admin, authority)

    def test_not_in_another_authority(self, policy_admin, stranger, far_authority):
        with pytest.raises(PermissionDenied, match="You do not manage the people of Soarbridge"):
            permissions.check_can_grant(
                policy_admin, new_grant(user=stranger, authority=far_authority), TODAY
            )
        assert not permissions.can_administer(policy_admin, far_authority)

    def test_not_by_an_administrator_of_a_part(self, authority, stranger):
        part = make.UserFactory()
        make.RoleGrantFactory(
            user=part, role=Role.POLICY_ADMIN, authority=authority, area=make.AreaFactory(authority=authority)
        )
        assert not permissions.can_administer(part, authority)

    def test_not_to_oneself(self, policy_admin, authority):
        with pytest.raises(Refused, match="cannot give yourself a role"):
            permissions.check_can_grant(
                policy_admin, new_grant(user=policy_admin, authority=authority), TODAY
            )

    def test_not_from_a_day_in_the_past(self, policy_admin, stranger, authority):
        grant = new_grant(user=stranger, authority=authority, start_on=TODAY - DAY)
        with pytest.raises(Refused, match="cannot start in the past"):
            permissions.check_can_grant(policy_admin, grant, TODAY)

    @pytest.mark.parametrize(
        ("start_on", "end_on", "refused"),
        [
            (TODAY, None, True),
            (TODAY, TODAY + DAY * 9, False),
            (TODAY, TODAY + DAY * 10, True),
            (TODAY + DAY * 20, None, True),
            (TODAY + DAY * 21, None, False),
        ],
    )
    def test_not_twice_at_the_same_time(self, stranger, authority, start_on, end_on, refused):
        make.RoleGrantFactory(
            user=stranger,
            role=Role.ADVISER,
            authority=authority,
            start_on=TODAY + DAY * 10,
            end_on=TODAY + DAY * 20,
        )
        grant = new_grant(user=stranger, authority=authority, start_on=start_on, end_on=end_on)
        if refused:
            with pytest.raises(Refused, match="already holds this role"):
                permissions.check_grant_is_new(grant)
        else:
            permissions.check_grant_is_new(grant)

    def test_twice_for_two_areas_is_not_twice(self, stranger, authority):
        make.RoleGrantFactory(user=stranger, authority=authority, area=make.AreaFactory(authority=authority))
        permissions.check_grant_is_new(new_grant(user=stranger, authority=authority))


class TestEnding:
    def refusal(self, by, grant, last_day):
        with pytest.raises(Refused) as caught:
            permissions.check_can_end_grant(by, grant, last_day, TODAY)
        return str(caught.value)

    def test_today_yesterday_or_later(self, policy_admin, adviser):
        for days in (-1, 0, 300):
            permissions.check_can_end_grant(policy_admin, adviser.grants.get(), TODAY + DAY * days, TODAY)

    def test_not_further_back(self, policy_admin, adviser):
        assert "before yesterday" in self.refusal(policy_admin, adviser.grants.get(), TODAY - DAY * 2)

    def test_not_before_it_started(self, policy_admin, authority, stranger):
        grant = make.RoleGrantFactory(user=stranger, authority=authority, start_on=TODAY)
        assert "before the role started" in self.refusal(policy_admin, grant, TODAY - DAY)

    def test_not_what_has_not_started_or_is_over(self, policy_admin, authority, stranger):
        future = make.RoleGrantFactory(user=stranger, authority=authority, start_on=TODAY + DAY)
        assert "Cancel it instead" in self.refusal(policy_admin, future, TODAY + DAY)
        past = make.RoleGrantFactory(user=stranger, authority=authority, end_on=TODAY - DAY)
        assert "ended already" in self.refusal(policy_admin, past, TODAY)

    def test_not_later_than_it_ends_anyway(self, policy_admin, authority, stranger):
        grant = make.RoleGrantFactory(user=stranger, authority=authority, end_on=TODAY + DAY * 5)
        assert "ends sooner already" in self.refusal(policy_admin, grant, TODAY + DAY * 5)
        permissions.check_can_end_grant(policy_admin, grant, TODAY + DAY * 4, TODAY)

    def test_not_in_another_authority(self, policy_admin, far_authority, stranger):
        grant = make.RoleGrantFactory(user=stranger, authority=far_authority)
        with pytest.raises(PermissionDenied, match="You do not manage"):
            permissions.check_can_end_grant(policy_admin, grant, TODAY, TODAY)

    def test_cancelling_is_for_what_has_not_started(self, policy_admin, authority, stranger):
        future = make.RoleGrantFactory(user=stranger, authority=authority, start_on=TODAY + DAY)
        assert permissions.can_cancel_grant(policy_admin, future, TODAY)
        assert not permissions.can_cancel_grant(policy_admin, future, TODAY + DAY)


class TestTheLastPolicyAdministrator:
    def refused(self, policy_admin, last_day=TODAY):
        with pytest.raises(Refused, match="last policy administrator of Kirkdale"):
            permissions.check_can_end_grant(policy_admin, policy_admin.grants.get(), last_day, TODAY)

    def test_cannot_leave(self, policy_admin):
        self.refused(policy_admin)
        self.refused(policy_admin, TODAY + DAY * 300)

    def test_can_leave_when_another_carries_on(self, policy_admin, authority):
        make.UserFactory(grants=[(Role.POLICY_ADMIN, authority)])
        permissions.check_can_end_grant(policy_admin, policy_admin.grants.get(), TODAY, TODAY)

    @pytest.mark.parametrize(
        "values",
        [
            {"end_on": TODAY},
            {"start_on": TODAY + DAY * 2},
            {"phase": Phase.LATE},
            {"role": Role.DIRECTOR},
        ],
        ids=str,
    )
    def test_somebody_who_does_not_carry_on_everywhere_from_the_next_day_does_not_count(
        self, policy_admin, authority, stranger, values
    ):
        make.RoleGrantFactory(user=stranger, authority=authority, **{"role": Role.POLICY_ADMIN, **values})
        self.refused(policy_admin)

    def test_somebody_who_starts_the_next_day_counts(self, policy_admin, authority, stranger):
        make.RoleGrantFactory(
            user=stranger, role=Role.POLICY_ADMIN, authority=authority, start_on=TODAY + DAY
        )
        permissions.check_can_end_grant(policy_admin, policy_admin.grants.get(), TODAY, TODAY)

    def test_another_authoritys_does_not_count(self, policy_admin, far_authority):
        make.UserFactory(grants=[(Role.POLICY_ADMIN, far_authority)])
        self.refused(policy_admin)

    @pytest.mark.parametrize("reason", ["deactivated", "never accepted"])
    def test_somebody_who_cannot_sign_in_does_not_count(self, policy_admin, authority, reason):
        other = make.UserFactory(grants=[(Role.POLICY_ADMIN, authority)])
        if reason == "deactivated":
            other.is_active = False
        else:
            other.set_unusable_password()
        other.save()
        self.refused(policy_admin)

    def test_somebody_who_signs_in_by_other_means_counts(self, policy_admin, authority):
        other = make.UserFactory(grants=[(Role.POLICY_ADMIN, authority)], last_login=timezone.now())
        other.set_unusable_password()
        other.save()
        permissions.check_can_end_grant(policy_admin, policy_admin.grants.get(), TODAY, TODAY)

    def test_an_administrator_of_a_part_can_always_leave(self, policy_admin, authority, stranger):
        grant = make.RoleGrantFactory(
            user=stranger, role=Role.POLICY_ADMIN, authority=authority, phase=Phase.LATE
        )
        permissions.check_can_end_grant(policy_admin, grant, TODAY, TODAY)


class TestAccounts:
    def test_of_ones_own_people_only(self, policy_admin, adviser, far_authority):
        permissions.check_can_manage_person(policy_admin, adviser)
        theirs = make.UserFactory(grants=[(Role.ADVISER, far_authority)])
        with pytest.raises(PermissionDenied, match="You do not manage"):
            permissions.check_can_manage_person(policy_admin, theirs)

    def test_of_somebody_working_elsewhere_too_stay_active(self, policy_admin, adviser, far_authority):
        grant = make.RoleGrantFactory(user=adviser, authority=far_authority)
        with pytest.raises(Refused, match="roles that you do not manage"):
            permissions.check_can_deactivate(policy_admin, adviser, TODAY)
        grant.end_on = TODAY - DAY
        grant.save()
        assert permissions.can_deactivate(policy_admin, adviser, TODAY)

    def test_of_oneself_or_already_deactivated_cannot_be_deactivated(self, policy_admin, adviser):
        with pytest.raises(Refused, match="your own account"):
            permissions.check_can_deactivate(policy_admin, policy_admin, TODAY)
        adviser.is_active = False
        with pytest.raises(Refused, match="deactivated already"):
            permissions.check_can_deactivate(policy_admin, adviser, TODAY)

    def test_of_the_last_administrator_who_can_sign_in_stay_active(self, policy_admin, authority):
        # Somebody administers two authorities, and is alone in the other.
        alone = make.UserFactory(grants=[(Role.POLICY_ADMIN, authority)])
        policy_admin.set_unusable_password()
        policy_admin.save()
        with pytest.raises(Refused, match="last policy administrator"):
            permissions.check_can_deactivate(policy_admin, alone, TODAY)

    def test_may_end_on_the_last_day_there_is(self, policy_admin, authority):
        with pytest.raises(Refused, match="last policy administrator"):
            permissions.check_someone_else_administers(policy_admin.grants.get(), dt.date.max)

    def test_are_reactivated_once(self, policy_admin, adviser):
        with pytest.raises(Refused, match="active already"):
            permissions.check_can_reactivate(policy_admin, adviser, TODAY)
        adviser.is_active = False
        permissions.check_can_reactivate(policy_admin, adviser, TODAY)

    def test_are_not_reactivated_by_who_shares_an_old_role_only(self, policy_admin, far_authority):
        """Or another authority's administrator could give back a dismissed officer the run of these schools."""
        dismissed = make.UserFactory(
            is_active=False, grants=[(Role.ADVISER, policy_admin.grants.get().authority)]
        )
        far_admin = make.UserFactory(grants=[(Role.POLICY_ADMIN, far_authority)])
        make.RoleGrantFactory(user=dismissed, authority=far_authority, end_on=TODAY - DAY)
        with pytest.raises(Refused, match="roles that you do not manage"):
            permissions.check_can_reactivate(far_admin, dismissed, TODAY)
        permissions.check_can_reactivate(policy_admin, dismissed, TODAY)

    def test_that_can_be_signed_in_to_need_no_invitation(self, policy_admin, adviser):
        with pytest.raises(Refused, match="reset their password themselves"):
            permissions.check_can_send_invitation(policy_admin, adviser)
        adviser.set_unusable_password()
        assert permissions.can_send_invitation(policy_admin, adviser)
        adviser.is_active = False
        with pytest.raises(Refused, match="Reactivate it first"):
            permissions.check_can_send_invitation(policy_admin, adviser)
