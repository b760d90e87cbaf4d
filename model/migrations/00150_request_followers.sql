-- +goose Up
CREATE TABLE request_followers (
    request_id BINARY(16) NOT NULL,
    user_id BINARY(16) NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    PRIMARY KEY (request_id, user_id)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
