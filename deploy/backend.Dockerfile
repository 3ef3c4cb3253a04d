# syntax=docker/dockerfile:1
# The KTRDR service. From the top of the repository: docker build -f deploy/backend.Dockerfile -t ktrdr-backend .

FROM rust:1.95-slim-trixie AS build
WORKDIR /src
COPY . .
# What is built stays in caches of the builder; only the binary goes on. Folders are made here, with
# their owner, because the image below has no shell.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package toolwright-backend --bin ktrdr-backend && \
    cp target/release/ktrdr-backend /ktrdr-backend && \
    mkdir -p /state/models /state/strategies

FROM gcr.io/distroless/cc-debian13:nonroot
COPY --from=build /ktrdr-backend /usr/local/bin/ktrdr-backend
COPY --from=build --chown=65532:65532 /state /var/lib/ktrdr
USER 65532:65532
# Operations, strategies and models; market data comes as a read-only mount at /data.
VOLUME /var/lib/ktrdr
EXPOSE 8000
# It ends on SIGTERM by itself: no init is needed.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["/usr/local/bin/ktrdr-backend", "health"]
ENTRYPOINT ["/usr/local/bin/ktrdr-backend"]
CMD ["serve", "--listen", "0.0.0.0:8000", "--db", "/var/lib/ktrdr/ktrdr.db", "--models", "/var/lib/ktrdr/models", "--strategies", "/var/lib/ktrdr/strategies"]
