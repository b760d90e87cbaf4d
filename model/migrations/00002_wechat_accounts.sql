-- +goose Up
CREATE TABLE wechat_accounts (
    openid VARCHAR(64) NOT NULL PRIMARY KEY,
    user_id BINARY(16) NOT NULL,
    unionid VARCHAR(64) NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    last_seen_at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
