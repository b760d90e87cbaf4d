-- +goose Up
CREATE TABLE wechat_events (
    dedupe_key VARCHAR(64) NOT NULL PRIMARY KEY,
    name VARCHAR(64) NOT NULL,
    openid VARCHAR(64) NOT NULL,
    detail VARCHAR(500) NOT NULL,
    at DATETIME/*!(3)*/ NOT NULL,
    received_at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
