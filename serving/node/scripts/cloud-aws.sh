# What a node asks of AWS. Every credential comes from the instance's role; secrets go through pipes, not argv.
export AWS_DEFAULT_REGION=$LOCATION AWS_RETRY_MODE=adaptive AWS_MAX_ATTEMPTS=8 AWS_PAGER=
WATCH_S=${WATCH_S:-5}
INTERRUPTION_S=90 # of the two minutes between notice and end

metadata() {
  local token
  token=$(curl -sf -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
    http://169.254.169.254/latest/api/token) || return
  curl -sf -m 5 -H @- "http://169.254.169.254/latest/meta-data/$1" <<<"X-aws-ec2-metadata-token: $token"
}

secret() { aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text; }

# The manifest of a mirrored model; 44 where there is none.
manifest() {
  local found
  found=$(aws s3api list-objects-v2 --no-paginate --bucket "$BUCKET" --prefix "$1/.complete" --max-keys 1 \
    --query KeyCount --output text) || return 1
  [ "$found" != 0 ] || return 44
  aws s3 cp --only-show-errors "s3://$BUCKET/$1/.complete" -
}

# The CRT client fetches parts of a file in parallel, and renames it into place when it is whole.
sync() {
  printf '[default]\ns3 =\n  preferred_transfer_client = crt\n' >"$RUN/aws"
  AWS_CONFIG_FILE=$RUN/aws aws s3 sync --only-show-errors --exclude .complete "s3://$BUCKET/$1/" "$2/"
}

# An image that the region does not cache comes from its own registry, which asks for no login.
registry_login() {
  case ${IMAGE%%/*} in
    *.amazonaws.com) aws ecr get-login-password | docker login --username AWS --password-stdin "${IMAGE%%/*}" ;;
  esac
}

publish() {
  aws cloudwatch put-metric-data --namespace "$NAMESPACE" --metric-name "$METRIC" \
    --dimensions "Stack=$STACK" --value "$1"
}

interrupted() { metadata spot/instance-action >/dev/null; }

# The load balancer ends new requests; those under way go on.
leave() { in_each_group deregister-targets; }

# Registers again, after a restart of the service alone.
join() { in_each_group register-targets; }

in_each_group() {
  local group instance failed=0
  [ "${#TARGET_GROUPS[@]}" -gt 0 ] || return 0
  instance=$(metadata instance-id) || return
  for group in "${TARGET_GROUPS[@]}"; do
    aws elbv2 "$1" --target-group-arn "$group" --targets "Id=$instance" || failed=1
  done
  return "$failed"
}

# The launch template's hop limit keeps the container from the machine's credentials.
guard() { :; }

local_disks() { lsblk -dnpo NAME,MODEL | awk '/Amazon EC2 NVMe Instance Storage/ { print $1 }'; }

log_options() {
  printf '%s\n' --log-driver awslogs --log-opt "awslogs-region=$LOCATION" --log-opt "awslogs-group=$LOG_GROUP" \
    --log-opt "awslogs-stream=$(metadata instance-id)" --log-opt mode=non-blocking
}
