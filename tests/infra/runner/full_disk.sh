# Run in a mount namespace of its own: $1 the world's folder, $2 the command that runs `up` with the things that follow.
# The home is a small disk; it is full before a run, in the middle of one, and free again.
set -u
folder=$1; shift
mkdir -p "$folder/home"
mount -t tmpfs -o size=256k,mode=0700 tmpfs "$folder/home"
fill() { cat /dev/zero > "$folder/home/filler" 2>/dev/null; }
free() { rm -f "$folder/home/filler"; }
run() { name=$1; shift; "$@" > "$folder/$name.out" 2> "$folder/$name.err"; echo $? > "$folder/$name.code"; }

run first "$@" '{"a": {}}'
fill
run full "$@" '{"a": {}, "b": {}}'
cp "$folder/home/state/.pulumi/stacks/llmdeploy/dev.json" "$folder/kept.json"
free
run slow "$@" '{"a": {}, "slow": {"seconds": "1.5"}, "later": {"after": "slow"}}' &
while ! [ -e "$folder/things/slow.begun" ] && kill -0 $!; do sleep 0.02; done
fill
wait
cp "$folder/home/state/.pulumi/stacks/llmdeploy/dev.json" "$folder/kept-too.json"
free
run again "$@" '{"a": {}, "slow": {}, "later": {"after": "slow"}}'
