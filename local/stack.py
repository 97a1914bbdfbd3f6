"""The whole stack on one machine."""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from local.api.http_api import HttpApi
from local.api.routes import ApiSettings, load_api_settings
from local.aws.administrator import admin_client
from local.aws.endpoint import AwsEndpoint, AwsRequestHandler
from local.aws.event_hook import EventHook
from local.aws.provision import provision_unseen
from local.aws.table_changes import listening
from local.cloudwatch.alarms import load_alarms
from local.cloudwatch.cloudwatch import CloudWatch
from local.faults import Faults, read_faults
from local.lambda_.functions import load_functions
from local.lambda_.invoker import FunctionInvoker
from local.lambda_.queues import send_to_queue
from local.lambda_.streams import TableStreams, load_stream_mappings
from local.persistence.data import Data, LocalData
from local.persistence.database import DataError
from local.rekognition.service import Rekognition
from local.rekognition.summary import summarize
from local.rekognition_setup import start_rekognition
from local.seed import Seeding, SeedingFailed, seed
from local.server import Server
from local.settings import LOCAL_PARAMETERS, ROOT
from local.sign_in.clients import expand_audience
from local.sign_in.provider import Provider
from local.site.headers import site_headers
from local.site.site import Site
from local.stack_options import StackOptions
from local.stack_parameters import local_parameters, page_config, provider_parameters
from local.template.deployed import load_deployed
from local.template.template import Template
from local.triggers import Triggers

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_WARM_UP_TIMEOUT = 10  # seconds; it takes two


@dataclass(kw_only=True, eq=False)
class Stack(StackOptions):
    """A stack that runs inside a `with` block.

    Raises one of `local.cli.console.EXPLAINED` if it can't start.
    A process can run only one stack at a time: moto keeps its state per process.
    """

    page_url: str = field(init=False)
    api_url: str = field(init=False)
    aws_url: str = field(init=False)
    sign_in_url: str = field(init=False)  # the issuer of the tokens
    sign_in: Provider = field(init=False)  # if the stack has its own users
    template: Template = field(init=False)
    cloudwatch: CloudWatch = field(init=False)
    endpoint: AwsEndpoint = field(init=False)
    rekognition: Rekognition = field(init=False)
    functions: FunctionInvoker = field(init=False)
    faults: Faults = field(init=False)
    streams: TableStreams = field(init=False)
    event_hook: EventHook | None = field(init=False, default=None)
    _seeding: Seeding = field(init=False, default_factory=Seeding)
    _data: Data = field(init=False, default_factory=Data)

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            self._start(undo)
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._undo.close()

    def client(self, service: Any) -> Any:
        """Return a boto3 client with full permissions."""
        return admin_client(service, self.aws_url)

    def token(self, username: str) -> str:
        """Return an ID token of the local provider for alice or bob."""
        return self.sign_in.token(username)

    @property
    def undelivered_events(self) -> int:
        """The number of changes that weren't published, and of events that weren't delivered yet."""
        return self.streams.undelivered + (self.event_hook.undelivered if self.event_hook else 0)

    def _start(self, undo: ExitStack) -> None:
        web = Server(self.host, self.web_port, "WEB_PORT")
        undo.callback(web.stop)
        api = Server(self.host, self.api_port, "API_PORT")
        undo.callback(api.stop)
        if self.data:
            self.progress(f"Reading the data in {self.data} …")
            self._data = LocalData(self.data, self._report_data_failure)
            undo.callback(self._data.close)
        self.page_url, self.api_url = web.url, api.url
        self.progress("Reading template.yaml …")
        self.template = Template.load(ROOT / "template.yaml", self._template_parameters(undo))
        unused = [name for name in self.parameters if name not in LOCAL_PARAMETERS]
        if unused:
            self.progress(f"These parameters have no effect on this machine: {', '.join(unused)}.")
        self.sign_in_url = self.template.parameters["SignInIssuer"]
        deployed = load_deployed(ROOT / "template.yaml", self.template.parameters)
        self.cloudwatch = CloudWatch(load_alarms(deployed), self.speedup, lambda: self.streams.ages())
        settings = load_api_settings(
            self.template, partial(expand_audience, programs=lambda: self.sign_in.programs.ids())
        )
        if self.event_url:
            self.event_hook = EventHook(self.event_url, self.log)
            self.event_hook.start()
            undo.callback(self.event_hook.stop)
        self.progress("Starting S3, DynamoDB, SQS, and Rekognition …")
        self._start_aws(undo)
        self.progress("Starting the Lambda functions …")
        undo.callback(self.functions.stop)
        self.functions.start()
        observe = partial(self.cloudwatch.count_request, settings.id)
        http_api = HttpApi(settings, self.functions.invoke, log=self.log, observe=observe)
        undo.callback(http_api.stop)
        undo.callback(api.stop)  # first, so that no request arrives after the API's threads have ended
        api.serve(http_api)
        triggers = Triggers(
            self.template,
            self.client("sqs"),
            self.functions,
            self.streams,
            speedup=self.speedup,
            concurrency=self.concurrency,
            schedules=self.schedules,
            log=self.log,
        )
        if not self._data.is_seeded:
            self._seed(settings)
            triggers.discard_messages()  # seeding leaves some in the retry queue
            self._data.set_seeded()
        self.cloudwatch.reset()
        self._start_triggers(undo, triggers)
        headers = site_headers(deployed, self.api_url, self.aws_url, self.sign_in_url)
        config = page_config(self.template.parameters, self.api_url, summarize(self.rekognition.models))
        web.serve(Site(ROOT / "web", self.page_url, config, headers, self.aws_url))
        warm_up = threading.Thread(target=self.rekognition.warm_up, daemon=True)
        warm_up.start()
        undo.callback(warm_up.join, _WARM_UP_TIMEOUT)  # ending the process while a model loads would crash it

    def _template_parameters(self, undo: ExitStack) -> dict[str, str]:
        """Return the parameters for the template; start the local provider unless they name another one."""
        parameters = local_parameters(self.parameters, self.page_url, self.event_url)
        if not self.has_own_users or parameters.get("SignInClientId"):
            return parameters  # the template requires both or neither
        return {**parameters, **provider_parameters(self._start_sign_in(undo))}

    def _start_sign_in(self, undo: ExitStack) -> str:
        """Start the local provider and return its issuer."""
        server = Server(self.host, self.sign_in_port, "SIGN_IN_PORT")
        undo.callback(server.stop)
        key, rows = self._data.signing_key, self._data.rows
        self.sign_in = Provider(server.url, self.page_url, key=key, rows=rows)
        server.serve(self.sign_in.app)
        return server.url

    def _start_aws(self, undo: ExitStack) -> None:
        self.faults = read_faults(os.environ)
        self.rekognition = start_rekognition(
            self.engine, lambda: self.endpoint.rekognition_objects, self.faults, self._data, undo
        )
        recording = undo.enter_context(ExitStack())  # ends after the server, so that no change is missed
        host_setting = "HOST" if self.aws_host == self.host else "AWS_HOST"
        server = Server(
            self.aws_host, self.aws_port, "AWS_PORT", AwsRequestHandler, host_setting=host_setting
        )
        undo.callback(server.stop)
        self.aws_url = server.url
        self.endpoint = AwsEndpoint(
            self.template,
            self.rekognition,
            self._object_created,
            lambda: self.now(),
            self.faults,
            self.event_hook.deliver if self.event_hook else lambda event: None,
            self.cloudwatch,
            secret=self._data.secret,
            objects=self._data.objects,
        )
        provision_unseen(self.endpoint, self.template)
        for sentence in self._data.restore(self.template):
            self.progress(sentence)
        recording.enter_context(self._data.recording())
        mappings = load_stream_mappings(self.template)
        self.streams = TableStreams(mappings, lambda *call: self.functions.invoke(*call), self.log)
        if mappings:
            recording.enter_context(listening(self.streams.append))
        self._create_functions()  # before the first request, which may invoke one
        server.serve(self.endpoint)

    def _create_functions(self) -> None:
        sqs: SQSClient = self.client("sqs")
        self.functions = FunctionInvoker(
            load_functions(self.template),
            endpoint_url=self.aws_url,
            credentials_for=self.endpoint.credentials_for,
            send=partial(send_to_queue, sqs, self.log),
            waiting=self._data.events,
            speedup=self.speedup,
            concurrency=self.concurrency,
            faults=self.faults,
            log=self.cloudwatch.without_metrics(self._seeding.without_routine(self.log)),
            observe=self.cloudwatch.count_invocation,
            on_throttle=self.cloudwatch.count_throttle,
        )

    def _start_triggers(self, undo: ExitStack, triggers: Triggers) -> None:
        if resumed := self.functions.resume():
            events = "1 event" if resumed == 1 else f"{resumed} events"
            self.progress(f"Going on with {events} of the previous run …")
        triggers.start(undo)

    def _seed(self, settings: ApiSettings) -> None:
        self.progress("Uploading the objects that the events in events/ name …")
        (function_id,) = {route.function_id for route in settings.routes if route.key == "POST /uploads"}
        bucket = self.template.outputs["InputBucketName"]
        try:
            with self._seeding.running(), self.faults.suspended():
                seed(self.client("s3"), bucket, ROOT, partial(self.functions.invoke, function_id))
        except SeedingFailed as error:  # keep running, so that a broken handler can be fixed
            self.progress(f"The sample upload for events/ couldn't be created: {error}")

    def _report_data_failure(self, error: DataError) -> None:
        self.progress(str(error))
        self.on_data_failure()

    def _object_created(self, function_id: str, event: dict[str, Any]) -> None:
        if self._seeding.is_running:  # the sample pictures stay unprocessed until their event is invoked
            return
        for delay in self.faults.deliveries(event):
            self.functions.invoke_async(function_id, event, delay)
