# syntax=docker/dockerfile:1
# The orchestrator: hub, services and commands. From the top of the repository:
#   docker build -f deploy/orchestrator.Dockerfile -t orchestrator .

FROM rust:1.95-slim-trixie AS build
WORKDIR /src
COPY . .
# What is built stays in caches of the builder; only the binary goes on. The folder is made here, with
# its owner, because the image below has no shell.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package toolwright-backend --bin orchestrator && \
    cp target/release/orchestrator /orchestrator && \
    mkdir -p /state

FROM gcr.io/distroless/cc-debian13:nonroot
COPY --from=build /orchestrator /usr/local/bin/orchestrator
COPY --from=build --chown=65532:65532 /state /var/lib/orchestrator
USER 65532:65532
# The hub's database and artifacts, or the answers that a service keeps.
VOLUME /var/lib/orchestrator
EXPOSE 8000
# It ends on SIGTERM by itself: no init is needed. A service is asked by its hub, and has no check here.
HEALTHCHECK --interval=30s --timeout=15s --start-period=20s --retries=3 \
    CMD ["/usr/local/bin/orchestrator", "health"]
ENTRYPOINT ["/usr/local/bin/orchestrator"]
CMD ["serve", "--listen", "0.0.0.0:8000", "--db", "/var/lib/orchestrator/hub.db", "--artifacts", "/var/lib/orchestrator/artifacts"]
