/** What `GET /version` answers: the Toxiproxy release whose API is served, then which engine serves it. */
export const embeddedVersion = '2.12.0-squall.1'
