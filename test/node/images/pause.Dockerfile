# Waits, and so keeps the namespaces of a pod.
FROM scratch
COPY busybox /busybox
ENTRYPOINT ["/busybox", "tail", "-f", "/dev/null"]
