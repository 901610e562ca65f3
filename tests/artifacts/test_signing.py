"""Signed models: what bears no signature of ours is refused, whatever its hashes say."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scorer import verbs
from scorer.artifacts.bundle import read_bundle
from scorer.artifacts.signing import Trust, doubt_about, new_key, read_keys, sign, write_key
from scorer.artifacts.store import Store
from scorer.errors import BundleRefused, KeyUnusable, OutputRefused
from scorer.workspace import Workspace

KINDS = ("hmac-sha256", "ed25519")


def _trust(tmp_path: Path, *keys: Any) -> Trust:
    return Trust(tmp_path / "acme.key", tuple(keys))


def _signed(folder: Path, key: Any) -> Path:
    return sign(folder, (folder / "manifest.json").read_bytes(), key)


@pytest.mark.parametrize("kind", KINDS)
def test_a_signed_model_is_read_and_an_unsigned_one_is_not(bundle: Path, tmp_path: Path, kind: Any) -> None:
    key = new_key(kind)
    trust = _trust(tmp_path, key)
    with pytest.raises(BundleRefused, match=r"not signed, and acme\.key asks.*promo models sign"):
        read_bundle(bundle, trust=trust)
    assert _signed(bundle, key).name == f"{bundle.name}.sig"
    assert read_bundle(bundle, trust=trust).version == bundle.name
    assert read_bundle(bundle).version == bundle.name  # where no key is asked for, a signature does no harm


@pytest.mark.parametrize("kind", KINDS)
def test_new_hashes_do_not_help_where_a_signature_is_asked_for(made: Any, bundle: Path, tmp_path: Path, kind: Any) -> None:
    key = new_key(kind)
    signature = _signed(bundle, key)
    (bundle / "calibration.json").write_bytes(b'{"knots": [0.5], "values": [0.9]}\n')
    forged = made.resign(bundle)
    assert read_bundle(forged).version == forged.name  # the hashes alone would be believed
    signature.rename(forged.with_name(forged.name + ".sig"))
    with pytest.raises(BundleRefused, match="changed after it was signed"):
        read_bundle(forged, trust=_trust(tmp_path, key))


def test_the_signature_comes_before_anything_in_the_manifest_is_read(bundle: Path, tmp_path: Path) -> None:
    key = new_key("hmac-sha256")
    _signed(bundle, key)
    (bundle / "manifest.json").write_bytes(b"[" * 10_000)
    with pytest.raises(BundleRefused, match="changed after it was signed"):
        read_bundle(bundle, trust=_trust(tmp_path, key))


@pytest.mark.parametrize("kind", KINDS)
def test_another_key_is_named_and_refused(bundle: Path, tmp_path: Path, kind: Any) -> None:
    theirs, ours = new_key(kind), new_key(kind)
    _signed(bundle, theirs)
    with pytest.raises(BundleRefused, match=f"{theirs.name}.*not among ours.*{ours.name}"):
        read_bundle(bundle, trust=_trust(tmp_path, ours))


def test_a_signature_under_the_name_of_our_key_must_be_its_own(bundle: Path, tmp_path: Path) -> None:
    theirs, ours = new_key("ed25519"), new_key("ed25519")
    path = _signed(bundle, theirs)
    path.write_text(path.read_text().replace(theirs.name, ours.name))
    with pytest.raises(BundleRefused, match="changed after it was signed"):
        read_bundle(bundle, trust=_trust(tmp_path, ours))


def test_one_key_takes_over_from_another(bundle: Path, tmp_path: Path) -> None:
    """Two public halves in the file: models of the old key and of the new one are believed; later only the new."""
    old, new = new_key("ed25519"), new_key("ed25519")
    publics = []
    for name, key in (("old", old), ("new", new)):
        public = write_key(tmp_path / name, key)
        assert public
        publics.append(public)
    both = tmp_path / "both.pub"
    both.write_text("# the first goes at the end of the year\n" + "".join(path.read_text() for path in publics))
    trust = Trust(both, read_keys(both))
    assert (len(trust.keys), trust.signer) == (2, None)
    _signed(bundle, old)
    assert read_bundle(bundle, trust=trust).version == bundle.name
    only_new = Trust(publics[1], read_keys(publics[1]))
    with pytest.raises(BundleRefused, match=old.name):
        read_bundle(bundle, trust=only_new)
    _signed(bundle, new)  # a second signature; the first stays
    assert read_bundle(bundle, trust=only_new).version == read_bundle(bundle, trust=trust).version


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b'{"format": 2, "signatures": {}}', b'{"format": 1, "signatures": {"a": 1}}', b"\xff", b"[" * 50_000,
     b'{"format": 1, "signatures": {"a": "zz"}}', b"x" * 100_000, b'{"format": 1, "signatures": []}'],
)  # fmt: skip
def test_what_is_no_signature_is_refused_and_can_be_signed_anew(bundle: Path, tmp_path: Path, content: bytes) -> None:
    key = new_key("hmac-sha256")
    bundle.with_name(bundle.name + ".sig").write_bytes(content)
    with pytest.raises(BundleRefused):
        read_bundle(bundle, trust=_trust(tmp_path, key))
    _signed(bundle, key)
    assert read_bundle(bundle, trust=_trust(tmp_path, key)).version == bundle.name


def test_a_link_is_no_signature(bundle: Path, tmp_path: Path) -> None:
    key = new_key("hmac-sha256")
    path = _signed(bundle, key)
    path.rename(tmp_path / "elsewhere.sig")
    path.symlink_to(tmp_path / "elsewhere.sig")
    with pytest.raises(BundleRefused, match="link"):
        read_bundle(bundle, trust=_trust(tmp_path, key))


def test_a_store_that_trusts_a_key_promotes_nothing_unsigned(made: Any, tmp_path: Path) -> None:
    key = new_key("hmac-sha256")
    store = Store(tmp_path / "models" / "acme", trust=_trust(tmp_path, key))
    version = store.write(made.parts(), made.facts(), made.now)
    with pytest.raises(BundleRefused, match="not signed"):
        store.promote("promotion_lift", version, "better", "planner", made.now)
    assert "not signed" in store.versions("promotion_lift")[0].trouble
    store.sign("promotion_lift", version, key)
    assert store.promote("promotion_lift", version, "better", "planner", made.now).version == version
    assert [info.trouble for info in store.versions("promotion_lift")] == [""]


def test_a_key_that_only_checks_does_not_sign(bundle: Path, tmp_path: Path) -> None:
    public = write_key(tmp_path / "k", new_key("ed25519"))
    assert public
    with pytest.raises(KeyUnusable, match="only check"):
        _signed(bundle, read_keys(public)[0])


# --- key files ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_comes_back_from_its_file_and_shows_itself_nowhere_else(tmp_path: Path, kind: Any) -> None:
    key = new_key(kind)
    public = write_key(tmp_path / "keys" / "acme.key", key)
    (again,) = read_keys(tmp_path / "keys" / "acme.key")
    assert (again, again.name) == (key, key.name)
    assert (public is None) == (kind == "hmac-sha256")
    for shown in (repr(key), str([key]), f"{Trust(tmp_path, (key,))}"):
        assert key.secret.hex() not in shown and repr(key.secret) not in shown and key.name in shown
    if public:
        assert key.secret.hex() not in public.read_text() and read_keys(public)[0].name == key.name


def test_a_key_in_use_is_never_written_over(tmp_path: Path) -> None:
    write_key(tmp_path / "k", new_key("hmac-sha256"))
    before = (tmp_path / "k").read_bytes()
    with pytest.raises(OutputRefused):
        write_key(tmp_path / "k", new_key("hmac-sha256"))
    assert (tmp_path / "k").read_bytes() == before


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "0 keys"), (b"# nothing\n\n", "0 keys"), (b"hmac-sha256 abcd\n", "line 1"), (b"secret " + b"ab" * 32, "line 1"),
     (b"hmac-sha256\n", "line 1"), (b"\xff\xfe", "plain text"), (b"hmac-sha256 " + b"ab" * 32 + b"\nx y\n", "line 2"),
     ((b"hmac-sha256 " + b"ab" * 32 + b"\n") * 17, "17 keys")],
)  # fmt: skip
def test_a_key_file_that_holds_none_says_so_and_repeats_nothing_of_it(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "k").write_bytes(content)
    with pytest.raises(KeyUnusable, match=why) as told:
        read_keys(tmp_path / "k")
    assert "abab" not in str(told.value) and told.value.exit_code == 4


def test_a_key_file_that_is_gone_is_no_reason_to_trust(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match=r"No such file.*keygen"):
        read_keys(tmp_path / "gone")


@pytest.mark.skipif(os.name == "nt", reason="who may read a file is told in another way there")
def test_a_key_that_others_can_read_is_doubted(tmp_path: Path) -> None:
    path = tmp_path / "k"
    public = write_key(path, new_key("ed25519"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and public
    assert doubt_about(path) is None
    path.chmod(0o640)
    assert "chmod 600" in str(doubt_about(path))
    assert doubt_about(public) is None  # that half may be read by everybody


def test_without_its_package_a_pair_of_keys_names_the_extra(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['cryptography'] = None\n"
        "from scorer.artifacts.signing import new_key\n"
        "from scorer.errors import ExtraMissing\n"
        "assert new_key('hmac-sha256').name\n"
        "try: new_key('ed25519')\n"
        "except ExtraMissing as why: print(why)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "promo-planner[sign]" in ran.stdout


def test_the_file_of_signatures_is_plain(bundle: Path) -> None:
    key = new_key("hmac-sha256")
    found = json.loads(_signed(bundle, key).read_bytes())
    assert found["format"] == 1 and list(found["signatures"]) == [key.name]


@pytest.mark.skipif(os.name == "nt", reason="who may read a file is told in another way there")
def test_whoever_scores_is_told_that_others_can_read_the_key(demo_workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = demo_workspace / "k"
    write_key(path, new_key("hmac-sha256"))
    monkeypatch.setenv("PROMO_MODEL_KEY_FILE", str(path))
    workspace, listed = Workspace(demo_workspace), demo_workspace / "few.csv"
    listed.write_text("".join((demo_workspace / "upcoming.csv").read_text(encoding="utf-8").splitlines(keepends=True)[:3]), encoding="utf-8")
    verbs.sign(workspace)
    assert not any("chmod" in note for note in verbs.score(workspace, listed).notes)
    path.chmod(0o640)
    assert any("chmod 600" in note for note in verbs.score(workspace, listed).notes)
