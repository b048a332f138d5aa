#!/bin/sh
# The namespace and its search attributes (keywords, nothing personal), as machine/temporal.py has them.
set -eu
NAMESPACE=madoguchi RETENTION=90d # what must be kept by law is in our own audit log, not in histories
temporal operator namespace describe --namespace "$NAMESPACE" >/dev/null 2>&1 ||
    temporal operator namespace create --namespace "$NAMESPACE" --retention "$RETENTION"
have=$(temporal operator search-attribute list --namespace "$NAMESPACE")
for name in Procedure CaseStatus Department Municipality; do
    echo "$have" | grep -qw "$name" ||
        temporal operator search-attribute create --namespace "$NAMESPACE" --name "$name" --type Keyword
done
