#!/usr/bin/env bash
# rollout.sh preview STACK          what the next deploy would change, with the images that run now
# rollout.sh up STACK IMAGE [BAKE]  IMAGE (REPOSITORY/linkshare@sha256:..) at the ledger, then at the canary, then everywhere; each must stay
#                                   well for BAKE seconds (300)
#
# The ledger is first, with its tables, since it reads what gateways write: an older ledger would set aside what a newer gateway says, while a
# newer one understands both. So it stays where it is when only the canary is not well.
# Run from the repository's root, logged in to Pulumi and Google Cloud. Ends with 1, and what was not well as it was before.
set -euo pipefail
mode=$1 stack=$2 image=${3:-} bake=${4:-300}

infra() { npm run -s infra -- "$@" --stack "$stack"; }
# Once, as JSON: of a stack that was never deployed that is {}, while a failure to read it is a failure, and not a first deploy.
outputs=$(infra stack output --json)
output() { node -e 'console.log(JSON.parse(process.argv[1])[process.argv[2]] ?? "")' "$outputs" "$1"; }
say() { echo "rollout: $*" >&2; }

running=$(output image)
canary=$(output canary)
health=$(output health)
ledger=$(output ledgerImage)

if [ "$mode" = preview ]; then
  # A pull request's image is not where the stack's services look for theirs.
  running=${running:-nowhere.example.com/linkshare@sha256:$(printf '0%.0s' {1..64})}
  infra preview --diff --config image="$running" --config ledgerImage="${ledger:-$running}"
  exit
fi

everywhere() { infra up --yes --config image="$image" --config canaryImage="$image" --config ledgerImage="$image"; }

if [ -z "$running" ]; then
  say "nothing runs yet: $image goes everywhere"
  everywhere
  exit
fi

# What is not named keeps image and manifest, since a manifest may use a word that only the new image knows.
only() {
  local canary_image=$1 ledger_image=$2 targets=() name
  shift 2
  for name in "$@"; do targets+=(--target "**\$gcp:cloudrunv2/$name"); done
  infra up --yes --config image="$running" --config canaryImage="$canary_image" --config ledgerImage="$ledger_image" "${targets[@]}"
}
at_canary() { only "$1" "${ledger:-$running}" "service:Service::postback-$canary" "service:Service::postback-$canary-*"; }
# Back again without the migration: tables that were added stay, and the version before runs on them.
at_ledger() { only "$running" "$1" "${@:2}" "service:Service::ledger" "job:Job::linkshare-cli"; }

# No line of a service since then is an error.
is_quiet() {
  local service=$1 began=$2 errors
  errors=$(gcloud logging read \
    "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"$service\" AND severity>=ERROR AND timestamp>=\"$began\"" \
    --project="$(infra config get project)" --limit=5 --format='value(jsonPayload.message,textPayload)') ||
    { say "the log of $service cannot be read"; return 1; }
  [ -z "$errors" ] || { say "the log of $service: $errors"; return 1; }
}
now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# A revision that is not ready never gets here: what its pushes make of it, its log says.
ledger_is_well() {
  local began
  began=$(now)
  sleep "$bake"
  is_quiet ledger "$began"
}

# It answers OK all the while, by the way that postbacks come, and its log has no error in it.
canary_is_well() {
  local began answer until
  began=$(now)
  until=$(($(date +%s) + bake))
  while :; do
    answer=$(curl -fsS --max-time 10 "$health" || true)
    [ "$answer" = OK ] || { say "$health answers: ${answer:-nothing}"; return 1; }
    [ "$(date +%s)" -lt "$until" ] || break
    sleep 10
  done
  is_quiet "postback-$canary" "$began"
}

if [ -n "$ledger" ]; then
  say "$image goes to the ledger"
  if at_ledger "$image" "job:Job::linkshare-migrate" && ledger_is_well; then
    ledger=$image
  else
    say "the ledger is not well: back to $ledger"
    at_ledger "$ledger"
    exit 1
  fi
fi

say "$image goes to the canary, $canary"
if at_canary "$image" && canary_is_well; then
  say "$canary is well: $image goes everywhere"
  everywhere
else
  say "$canary is not well: back to $running"
  at_canary "$running"
  exit 1
fi
