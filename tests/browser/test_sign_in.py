from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.errors import SignInRequired, WallMet, WrongAccount
from flows.library.sign_in import CodeRequest, Credentials, restore_session, sign_in
from flows.session import AccountWitness
from mock_site.switches import Wall
from tests.browser.conftest import signed_in_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.workbench import Workbench
    from mock_site.server import MockSite

PHONE = Credentials(login="+79000000001", kind="phone")
EMAIL = Credentials(login="seller@example.com", kind="email")
TOTP = Credentials(login="+79000000002", kind="phone", totp_secret="JBSWY3DPEHPK3PXP")


def answering(mock: MockSite, login: str = PHONE.login) -> Callable[[CodeRequest], str]:
    return lambda _: mock.code_for(login)


@pytest.mark.parametrize("layout", ["A", "B"])
def test_sign_in_by_phone_ends_with_the_account_proven(  # noqa: PLR0917
    mock: MockSite,
    bench: Workbench,
    owner: AccountWitness,
    layout: str,
    round_number: int,
    unsteady: Callable[..., None],
) -> None:
    unsteady(round_number, layout)

    done = sign_in(bench, PHONE, identity="site_profile", ask_code=answering(mock), expected=owner)

    assert done.witness == owner
    assert restore_session(bench, done.state, identity="site_profile", expected=owner).way == "restored"


def test_sign_in_by_email_works_as_well(mock: MockSite, bench: Workbench, owner: AccountWitness) -> None:
    done = sign_in(bench, EMAIL, identity="site_profile", ask_code=answering(mock, EMAIL.login), expected=owner)

    assert done.witness == owner


def test_totp_account_needs_nobody_to_answer(bench: Workbench) -> None:
    done = sign_in(bench, TOTP, identity="site_profile", ask_code=None)

    assert (done.way, done.witness.name) == ("totp", "Второй В.")


def test_cabinet_sign_in_chooses_the_company(mock: MockSite, bench: Workbench) -> None:
    company = AccountWitness(name="ООО Пример")

    done = sign_in(bench, PHONE, identity="seller_cabinet", ask_code=answering(mock), expected=company)

    assert done.witness.agrees_with(company)


def test_a_refused_code_is_not_typed_again(mock: MockSite, bench: Workbench) -> None:
    asked: list[int] = []

    def wrong(request: CodeRequest) -> str:
        asked.append(request.attempt)
        return "000001"

    with pytest.raises(SignInRequired):
        sign_in(bench, PHONE, identity="site_profile", ask_code=wrong)

    assert asked == [1, 2]
    assert mock.ledger.count("/auth/otp", "POST") == 1


def test_a_second_code_after_a_wrong_one_signs_in(mock: MockSite, bench: Workbench, owner: AccountWitness) -> None:
    def answer(request: CodeRequest) -> str:
        return "000001" if request.attempt == 1 else mock.code_for(PHONE.login)

    done = sign_in(bench, PHONE, identity="site_profile", ask_code=answer, expected=owner)

    assert done.witness == owner


def test_nobody_to_ask_for_the_code_is_a_sign_in_for_a_person(bench: Workbench) -> None:
    with pytest.raises(SignInRequired):
        sign_in(bench, PHONE, identity="site_profile", ask_code=None)


def test_an_expired_session_is_a_state_of_its_own(mock: MockSite, bench: Workbench, state: bytes) -> None:
    mock.switches.session_life_s = 0.0

    with pytest.raises(SignInRequired):
        restore_session(bench, state, identity="site_profile", expected=None)


def test_somebody_elses_session_stops(mock: MockSite, bench: Workbench, owner: AccountWitness) -> None:
    other = signed_in_state(mock, "+79000000002")

    with pytest.raises(WrongAccount):
        restore_session(bench, other, identity="site_profile", expected=owner)


@pytest.mark.parametrize("path", ["/auth/ozonid*", "/auth/otp*", "/my/orderlist*"])
def test_a_wall_at_any_step_stops_at_once(mock: MockSite, bench: Workbench, path: str) -> None:
    mock.switches.walls = [Wall(kind="captcha", path=path)]

    with pytest.raises(WallMet):
        sign_in(bench, PHONE, identity="site_profile", ask_code=answering(mock))
