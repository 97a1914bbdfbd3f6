"""What can't be measured on one machine, or depends on the people: each number with its reason."""

from __future__ import annotations

DAYS = 30  # of a month
SECONDS = DAYS * 24 * 60 * 60
HOURLY_RUNS = DAYS * 24

# Of a picture that is still pending: about two seconds pass, and from 80 % of the fastest one's time on, the
# page asks every 150 ms.
POLLS = 3
PICTURES_PER_COUNTS = 4  # that are uploaded until the page reads the labels again, at 20 Mbit/s
PICTURES_PER_VISIT = 20  # that a person uploads or looks at before closing the page
LISTED = 60  # pictures in a response of GET /images, as web/scripts/image-store.js asks for
LABEL_NAMES = 300  # of a person's pictures, which GET /labels returns
CHANGES = 100  # since the last snapshot of a person's counts, which GET /labels reads
SNAPSHOT_UNITS = 2  # of a picture: one deletes its change, and at most one writes its share of a snapshot

REKOGNITION_SECONDS = 1.0  # of the slowest call; they are made at once
REQUEST_SECONDS = 0.010  # of a request to S3, DynamoDB or SQS, one after the other
FULL_CPU_MEGABYTES = 1769  # of memory, with which a function has a vCPU: "Configure Lambda function memory"
COLD_STARTS = 0.02  # of the invocations; their initialization is billed

PLATFORM_LOG_BYTES = 700  # of Lambda's own records of an invocation, its start and its report
ACCESS_LOG_BYTES = 400  # of the API's access log for a request
COMPRESSION = 0.15  # stored of ingested log bytes, as in the examples of CloudWatch's pricing page

# How often Lambda polls an idle queue isn't documented, only that it uses long polling, and processes five
# batches at once to begin with.
POLLERS = 5
POLL_SECONDS = 20  # that such a request waits: the longest poll that SQS has
ITEM_OVERHEAD_BYTES = 100  # that DynamoDB adds to a stored item: "Amazon DynamoDB pricing", data storage

SAMPLED_PER_SECOND = 1  # traces that X-Ray records of the requests in a second, and a share of the others
SAMPLED_SHARE = 0.05

SENTENCES = (
    f"A month has {DAYS} days. Every month has as many pictures.",
    "Each picture is new, recognized in the first try and not deleted.",
    f"The page asks {POLLS} times before a result is there, and reads the labels once for "
    f"{PICTURES_PER_COUNTS} pictures that are uploaded.",
    f"A visit to the page is for {PICTURES_PER_VISIT} pictures. It lists {LISTED} and loads all files of the "
    "page.",
    f"A person's pictures have {LABEL_NAMES} labels, and {CHANGES} changes since the last snapshot. "
    f"A picture's share of a snapshot takes {SNAPSHOT_UNITS} write units.",
    f"Rekognition answers in {REKOGNITION_SECONDS:g} s, and S3 and DynamoDB in "
    f"{REQUEST_SECONDS * 1000:g} ms. {COLD_STARTS * 100:g} % of the invocations start cold.",
    f"For each invocation, Lambda writes {PLATFORM_LOG_BYTES} bytes to the log, and the API "
    f"{ACCESS_LOG_BYTES} for each request.",
    f"Logs are stored compressed to {COMPRESSION * 100:g} %.",
    f"X-Ray records {SAMPLED_PER_SECOND} invocation a second and {SAMPLED_SHARE * 100:g} % of the others. "
    "They are spread evenly over the month.",
    f"{POLLERS} pollers of Lambda ask the retry queue every {POLL_SECONDS} s, also when it is empty.",
    "Data to browsers has the price for the Internet; within the region, it is free.",
)
