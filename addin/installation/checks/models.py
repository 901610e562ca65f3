"""What answers: the configuration, the workspace it names, the client, and the model in use there."""

from __future__ import annotations

from collections.abc import Mapping

from addin.configuration import configuration_file, read_configuration
from addin.installation.checks.finding import INSTALL, Finding, ok, trouble, warning
from scorer.errors import BadSettings, ClientNotFound, ModelUnavailable, PromoError
from scorer.settings import clients_in
from scorer.workspace import Workspace


def configuration_and_model(environment: Mapping[str, str]) -> list[Finding]:
    """Look at each in turn; what rests on something that is not there is not looked at."""
    file = configuration_file(environment)
    try:
        configured = read_configuration(environment)
    except BadSettings as why:
        return [trouble("Configuration", str(why), f"Correct {file}, or remove it and run: promo addin install")]
    if file.is_file():
        found = [ok("Configuration", str(file))]
    else:
        found = [warning("Configuration", f"{file} is not there: the current folder is the workspace", INSTALL)]
    workspace = Workspace(configured.workspace.absolute())
    if not workspace.root.is_dir():
        remedy = "Name the folder that holds clients and models: promo addin install --workspace FOLDER"
        return [*found, trouble("Workspace", f"{workspace.root} is not there", remedy)]
    found.append(ok("Workspace", str(workspace.root)))
    return [*found, *_client(workspace, configured.client)]


def _client(workspace: Workspace, name: str | None) -> list[Finding]:
    try:
        chosen = workspace.choose(name)
    except ClientNotFound as why:
        if not clients_in(workspace.clients):
            remedy = "Name another folder: promo addin install --workspace FOLDER"
            return [trouble("Client", str(why), remedy)]
        remedy = "Name one: promo addin install --client NAME; or let each workbook name its own."
        return [(warning if name is None else trouble)("Client", str(why), remedy)]
    except BadSettings as why:
        return [trouble("Client", str(why), "Correct the client file; 'promo check' reads it.")]
    return [ok("Client", chosen.client), *_model(workspace, chosen.client)]


def _model(workspace: Workspace, client: str) -> list[Finding]:
    from scorer.verbs.serving import load

    try:
        model, _ = load(workspace, client)
    except ModelUnavailable as why:
        return [trouble("Model", str(why), f"promo train --client {client}")]
    except PromoError as why:
        return [trouble("Model", str(why), "Look at the models: promo models list")]
    found = ok("Model", f"{model.version}, sales known up to {model.data_cut}; it answers its test rows as when it was trained")
    if model.worth.evidence:
        return [found, ok("Evidence", model.worth.sentence)]
    remedy = "Verdicts stay NOT ENOUGH EVIDENCE until a model does better than a simple rule; 'promo models show' says more."
    return [found, warning("Evidence", model.worth.sentence, remedy)]
