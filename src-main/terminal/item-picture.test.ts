import { describe, expect, it } from 'vitest';
import { pictureOf } from './item-picture.ts';

describe('pictureOf', () => {
  it.each([
    ['WINE', 'Cabernet Sauvignon 750ml', 'bottle-wine'],
    ['WINE', 'Marrow Bay Pinot Noir 750ml', 'bottle-wine'],
    ['WINE', 'Chardonnay 750ml', 'bottle-white'],
    ['WINE', 'Estate Sauvignon Blanc 750ml', 'bottle-white'],
    ['WINE', 'Bodega Albariño 750ml', 'bottle-white'],
    ['WINE', 'Gewürztraminer 750ml', 'bottle-white'],
    ['WINE', 'Fizzwell Brut 187ml', 'bottle-white'],
    ['WINE', 'Prosecco 750ml', 'bottle-white'],
    ['WINE', 'Lambrusco Frizzante 750ml', 'bottle-wine'],
    ['WINE', 'Champagne Brut Rosé 750ml', 'bottle-rose'],
    ['WINE', 'Lantern Row Rosé of Pinot Noir 750ml', 'bottle-rose'],
    ['WINE', 'White Zinfandel 1.5L', 'bottle-rose'],
    ['WINE', 'Bubbly White Can 250ml', 'can'],
    ['WINE', 'Merlot Box 3L', 'box'],
    ['SPIRITS', 'Silver Pine Vodka 750ml', 'bottle-clear'],
    ['SPIRITS', 'London Dry Gin 1L', 'bottle-clear'],
    ['SPIRITS', 'Silver Rum 750ml', 'bottle-clear'],
    ['SPIRITS', 'Rum Silver 750ml', 'bottle-clear'],
    ['SPIRITS', 'Tequila Blanco 750ml', 'bottle-clear'],
    ['SPIRITS', 'Llano Azul Blanco Tequila 50ml', 'bottle-clear'],
    ['SPIRITS', 'Old Bosun Dark Rum 1L', 'bottle-spirits'],
    ['SPIRITS', 'Añejo Tequila 750ml', 'bottle-spirits'],
    ['SPIRITS', 'Small Batch Bourbon 750ml', 'bottle-spirits'],
    ['SPIRITS', 'Ginger Brandy 750ml', 'bottle-spirits'],
    ['BEER', 'Lager 12oz Bottle', 'bottle-beer'],
    ['BEER', 'Lager 12pk 12oz Cans', 'six-pack'],
    ['BEER', 'Light Beer 6-Pack Cans', 'six-pack'],
    ['BEER', 'Hazy IPA 16oz Can', 'can'],
    ['CIDER', 'Dry Cider 19.2oz Can', 'can'],
    ['SODA', 'Cola 20oz Bottle', 'soda'],
    ['SODA', 'Cola 12oz Can', 'can'],
    ['GROCERY', 'Fresh Lime Each', 'lime'],
    ['GENERAL', 'Disposable Lighter', 'lighter'],
    ['GENERAL', 'Paper Gift Bag Wine', 'bag'],
    ['BARWARE', 'Plastic Party Cups 16oz 20ct', 'cup'],
  ])('shows %s "%s" as %s', (code, name, picture) => {
    expect(pictureOf(code, name)).toBe(picture);
  });

  it.each([
    ['GROCERY', 'Fresh Lemon Each'],
    ['GROCERY', 'Instant Noodle Cup 2.3oz'],
    ['GENERAL', 'Lighter Fluid 4oz'],
    ['GENERAL', 'Trash Bags 15ct'],
    ['BEVERAGES', 'Apple Juice 15.2oz'],
    ['LOTTERY', 'Scratch Ticket'],
  ])('shows %s "%s" as a plain box rather than as something else', (code, name) => {
    expect(pictureOf(code, name)).toBe('box');
  });
});
