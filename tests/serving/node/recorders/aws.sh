# The AWS command line: secrets, logins, and a bucket that is a folder.
case "$1 $2" in
  "secretsmanager get-secret-value") cat "$MACHINE/secrets/$4" ;;
  "ecr get-login-password") echo ecr-canary ;;
  "s3api list-objects-v2") if [ -e "$MACHINE/bucket/$7" ]; then echo 1; else echo 0; fi ;;
  "s3 cp")
    if [ "$3" = --recursive ]; then
      key=${5#s3://*/}
      cp -r "$MACHINE/bucket/$key." "$6"
    else
      cat "$MACHINE/bucket/${4#s3://*/}"
    fi
    ;;
  "s3 sync") . "$MACHINE/behaviour/sync" "${6#s3://*/}" "$7" ;;
esac
