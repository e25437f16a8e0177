# One image for auth, directory, relay and gateway, which share their packages; docker-compose.yml names what each runs.

# The manifests alone, so that dependencies are installed again only when one of these changes.
FROM node:24-bookworm-slim AS manifests
COPY . /source
WORKDIR /source
RUN mkdir /manifests \
  && find . -name package.json -exec cp --parents -t /manifests {} + \
  && cp package-lock.json .npmrc /manifests/

# With the compiler that better-sqlite3 needs where there is no ready build. Without tsx: this Node strips types itself.
FROM node:24-bookworm AS dependencies
WORKDIR /app
COPY --from=manifests /manifests ./
RUN npm ci --omit=dev -w services/auth -w services/directory -w services/relay -w gateway -w packages/terminal-text \
  && rm -rf node_modules/better-sqlite3/deps node_modules/better-sqlite3/build/Release/obj

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY deploy/make-secrets.sh deploy/
COPY packages/wire packages/wire
COPY packages/crypto packages/crypto
COPY packages/event-log packages/event-log
COPY packages/service-kit packages/service-kit
# What administrators call in the container of auth.
COPY packages/terminal-text packages/terminal-text
COPY packages/admin packages/admin
COPY services services
COPY gateway gateway
# Where volumes are mounted: a new one takes its owner and mode from here.
RUN install -d -o node -g node -m 0700 /data /secrets/service \
  && install -d -o node -g node -m 0711 /secrets/database
USER node
