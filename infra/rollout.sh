#!/usr/bin/env bash
# rollout.sh preview STACK          what the next deploy would change, with the images that run now
# rollout.sh up STACK IMAGE [BAKE]  IMAGE (REPOSITORY/linkshare@sha256:..) at the canary; if it stays well for BAKE seconds (300), everywhere
#
# Run from the repository's root, logged in to Pulumi and Google Cloud. Ends with 1, the canary as it was, if the canary is not well.
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

if [ "$mode" = preview ]; then
  # A pull request's image is not where the stack's services look for theirs.
  infra preview --diff --config image="${running:-nowhere.example.com/linkshare@sha256:$(printf '0%.0s' {1..64})}"
  exit
fi

if [ -z "$running" ]; then
  say "nothing runs yet: $image goes everywhere"
  infra up --yes --config image="$image" --config canaryImage="$image"
  exit
fi

# The canary's service alone: the others keep image and manifest, since a manifest may use a word that only the new image knows.
at_canary() {
  infra up --yes --config image="$running" --config canaryImage="$1" \
    --target "**\$gcp:cloudrunv2/service:Service::postback-$canary" --target "**\$gcp:cloudrunv2/service:Service::postback-$canary-*"
}

# It answers OK all the while, by the way that postbacks come, and its log has no error in it.
is_well() {
  local began now answer errors
  began=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  now=$(date +%s)
  local until=$((now + bake))
  while :; do
    answer=$(curl -fsS --max-time 10 "$health" || true)
    [ "$answer" = OK ] || { say "$health answers: ${answer:-nothing}"; return 1; }
    [ "$(date +%s)" -lt "$until" ] || break
    sleep 10
  done
  errors=$(gcloud logging read \
    "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"postback-$canary\" AND severity>=ERROR AND timestamp>=\"$began\"" \
    --project="$(infra config get project)" --limit=5 --format='value(jsonPayload.message,textPayload)') ||
    { say "the canary's log cannot be read"; return 1; }
  [ -z "$errors" ] || { say "the canary's log: $errors"; return 1; }
}

say "$image goes to the canary, $canary"
if at_canary "$image" && is_well; then
  say "$canary is well: $image goes everywhere"
  infra up --yes --config image="$image" --config canaryImage="$image"
else
  say "$canary is not well: back to $running"
  at_canary "$running"
  exit 1
fi
