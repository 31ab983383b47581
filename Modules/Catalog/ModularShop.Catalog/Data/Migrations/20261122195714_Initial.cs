using System;
using Microsoft.EntityFrameworkCore.Migrations;
using ModularShop.Kernel.Persistence;

#nullable disable

namespace ModularShop.Catalog.Data.Migrations
{
    /// <inheritdoc />
    internal partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "products",
                columns: table => new
                {
                    number = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    sku = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "NOCASE"),
                    description = table.Column<string>(type: "TEXT", nullable: true),
                    price = table.Column<long>(type: "INTEGER", nullable: false),
                    currency = table.Column<string>(type: "TEXT", nullable: false),
                    is_discontinued = table.Column<bool>(type: "INTEGER", nullable: false),
                    added_at = table.Column<long>(type: "INTEGER", nullable: false),
                    listed_as_of = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_products", x => x.number);
                }
            );

            migrationBuilder.CreateIndex(name: "IX_products_id", table: "products", column: "id", unique: true);

            migrationBuilder.CreateIndex(name: "IX_products_name_number", table: "products", columns: new[] { "name", "number" });

            migrationBuilder.CreateIndex(name: "IX_products_price_number", table: "products", columns: new[] { "price", "number" });

            migrationBuilder.CreateIndex(name: "IX_products_sku", table: "products", column: "sku", unique: true);

            // One index contains stems, so that cup finds cups. The other contains whole words, because the beginning of a word is
            // often not the beginning of its stem. Neither stores the text: both read products by their number.
            migrationBuilder.Sql(
                """
                CREATE VIRTUAL TABLE product_stems USING fts5 (
                    name, sku, description,
                    content = 'products', content_rowid = 'number',
                    tokenize = 'porter unicode61 remove_diacritics 2'
                );
                CREATE VIRTUAL TABLE product_words USING fts5 (
                    name, sku, description,
                    content = 'products', content_rowid = 'number',
                    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
                );
                CREATE TRIGGER products_added AFTER INSERT ON products BEGIN
                    INSERT INTO product_stems (rowid, name, sku, description)
                    VALUES (new.number, new.name, new.sku, new.description);
                    INSERT INTO product_words (rowid, name, sku, description)
                    VALUES (new.number, new.name, new.sku, new.description);
                END;
                CREATE TRIGGER products_removed AFTER DELETE ON products BEGIN
                    INSERT INTO product_stems (product_stems, rowid, name, sku, description)
                    VALUES ('delete', old.number, old.name, old.sku, old.description);
                    INSERT INTO product_words (product_words, rowid, name, sku, description)
                    VALUES ('delete', old.number, old.name, old.sku, old.description);
                END;
                CREATE TRIGGER products_changed AFTER UPDATE OF name, sku, description ON products BEGIN
                    INSERT INTO product_stems (product_stems, rowid, name, sku, description)
                    VALUES ('delete', old.number, old.name, old.sku, old.description);
                    INSERT INTO product_words (product_words, rowid, name, sku, description)
                    VALUES ('delete', old.number, old.name, old.sku, old.description);
                    INSERT INTO product_stems (rowid, name, sku, description)
                    VALUES (new.number, new.name, new.sku, new.description);
                    INSERT INTO product_words (rowid, name, sku, description)
                    VALUES (new.number, new.name, new.sku, new.description);
                END;
                """
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TABLE product_stems; DROP TABLE product_words;");

            migrationBuilder.DropTable(name: "products");
        }
    }
}
