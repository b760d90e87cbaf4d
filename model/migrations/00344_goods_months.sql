-- +goose Up
CREATE TABLE goods_months (
    goods_id BINARY(16) NOT NULL,
    user_id BINARY(16) NOT NULL,
    month CHAR(7) NOT NULL,
    taken BIGINT NOT NULL,
    PRIMARY KEY (goods_id, user_id, month),
    CHECK (taken >= 0)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;
