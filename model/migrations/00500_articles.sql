-- +goose Up
CREATE TABLE articles (
    id BINARY(16) NOT NULL PRIMARY KEY,
    unit_id BINARY(16) NOT NULL,
    author_id BINARY(16) NOT NULL,
    title VARCHAR(100) NOT NULL,
    summary VARCHAR(300) NOT NULL,
    body MEDIUMTEXT NOT NULL,
    cover VARCHAR(36) NOT NULL,
    status VARCHAR(16) NOT NULL,
    held BOOLEAN NOT NULL,
    publish_at DATETIME/*!(3)*/,
    published_at DATETIME/*!(3)*/,
    push_id BINARY(16),
    created_at DATETIME/*!(3)*/ NOT NULL,
    updated_at DATETIME/*!(3)*/ NOT NULL,
    version INT NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
