# syntax=docker/dockerfile:1
# A generated MCP server, over HTTP. From the top of the repository, for the crate of any system in generated/:
#   docker build -f deploy/server.Dockerfile --build-arg SERVER=ktrdr-mcp -t ktrdr-mcp .
# On stdio: docker run -i --rm --no-healthcheck --entrypoint /usr/local/bin/server ktrdr-mcp

FROM rust:1.95-slim-trixie AS build
ARG SERVER=ktrdr-mcp
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --profile dist --locked --package "$SERVER" --bin "$SERVER" && \
    cp "target/dist/$SERVER" /server

FROM gcr.io/distroless/cc-debian13:nonroot
COPY --from=build /server /usr/local/bin/server
USER 65532:65532
EXPOSE 8080
# It ends on SIGTERM by itself: no init is needed.
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s --retries=3 \
    CMD ["/usr/local/bin/server", "--health", "http://127.0.0.1:8080"]
ENTRYPOINT ["/usr/local/bin/server"]
CMD ["--http", "0.0.0.0:8080"]
