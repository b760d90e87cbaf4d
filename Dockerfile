# syntax=docker/dockerfile:1

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG VERSION=unknown
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    VERSION=$VERSION scripts/build /jinlin && mkdir /empty

# Nothing but the binary, the certificates by which it recognises WeChat, and two folders that belong
# to its user: the data, and what an upload is spooled to. Time zones are compiled in.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /jinlin /jinlin
COPY --from=build --chown=65532:65532 /empty /data
COPY --from=build --chown=65532:65532 /empty /tmp
USER 65532:65532
ENV JINLIN_DATA_DIR=/data \
    JINLIN_HTTP_ADDR=:8080 \
    JINLIN_ADMIN_ADDR=:9090 \
    JINLIN_LOG=json
VOLUME /data
EXPOSE 8080 9090
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 CMD ["/jinlin", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/jinlin"]
CMD ["serve"]
