#!/bin/sh
# SPDX-License-Identifier: MIT
# Subscribes pagerd to a topic: sh subscribe.sh TOPIC-ARN https://page.example.org KEY
# KEY comes from "pagectl key add aws --team ops". SNS sends no headers: the key is in the address.
set -eu
aws sns subscribe --topic-arn "$1" --protocol https \
    --notification-endpoint "$2/v1/ingest/sns/$3"
