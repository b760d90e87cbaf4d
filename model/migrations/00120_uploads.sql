-- +goose Up
CREATE TABLE uploads (
    id BINARY(16) NOT NULL PRIMARY KEY,
    owner_id BINARY(16) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    content_type VARCHAR(64) NOT NULL,
    bytes INT NOT NULL,
    width INT NOT NULL,
    height INT NOT NULL,
    millis INT NOT NULL,
    status VARCHAR(16) NOT NULL,
    holder_kind VARCHAR(16) NOT NULL,
    holder_id BINARY(16),
    holder_part INT NOT NULL,
    position INT NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    updated_at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
