import sharp from 'sharp';
export const decode = sharp;
