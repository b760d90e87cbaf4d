-- +goose Up
CREATE TABLE public_grams (
    community_id BINARY(16) NOT NULL,
    gram BIGINT NOT NULL,
    request_id BINARY(16) NOT NULL,
    PRIMARY KEY (community_id, gram, request_id)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
