# cxbot in two stages: built with Rust, run without it.
#
#   docker build -t cxbot .
#   docker run --read-only --cap-drop ALL --security-opt no-new-privileges -v cxbot:/data \
#     -e INTERCOM_TOKEN -e SLACK_BOT_TOKEN cxbot

FROM rust:1-slim-trixie AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked && mkdir /empty

FROM debian:trixie-slim
# Certificates of the web; everything else that cxbot needs is in its one file.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/target/release/cxbot /usr/local/bin/cxbot
# The only folder that is written; a volume made from it belongs to the same user.
COPY --from=build --chown=65532:65532 /empty /data
ENV CXBOT__STORE__URL=sqlite:///data/cxbot.db
ENV CXBOT__STORE__KEYS=/data/keys
VOLUME /data
# A configuration may be mounted at /config/cxbot.toml.
WORKDIR /
USER 65532:65532
# SIGTERM is answered within 10 seconds.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["cxbot", "check", "--running"]
ENTRYPOINT ["cxbot"]
CMD ["run"]
