-- +goose Up
CREATE TABLE deliveries (
    id BINARY(16) NOT NULL PRIMARY KEY,
    push_id BINARY(16),
    user_id BINARY(16) NOT NULL,
    dedupe_key VARCHAR(128) NOT NULL,
    template VARCHAR(32) NOT NULL,
    page VARCHAR(200) NOT NULL,
    fields MEDIUMBLOB NOT NULL,
    urgent BOOLEAN NOT NULL,
    status VARCHAR(16) NOT NULL,
    owner BINARY(16),
    lease_until DATETIME/*!(3)*/,
    counted_on CHAR(10) NOT NULL,
    msg_id BIGINT NOT NULL,
    reason VARCHAR(100) NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    settled_at DATETIME/*!(3)*/
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
