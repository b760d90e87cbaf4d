-- +goose Up
CREATE TABLE messages (
    id BINARY(16) NOT NULL PRIMARY KEY,
    user_id BINARY(16) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    title VARCHAR(100) NOT NULL,
    text VARCHAR(1000) NOT NULL,
    link VARCHAR(200) NOT NULL,
    dedupe_key VARCHAR(128),
    created_at DATETIME/*!(3)*/ NOT NULL,
    read_at DATETIME/*!(3)*/
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
